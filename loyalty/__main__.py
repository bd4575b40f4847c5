"""`python -m loyalty` is the `loyalty` command."""

from loyalty.cli import main

if __name__ == "__main__":
    main()
