"""The process that `faults.children` forks from."""

from faults.children import serve
from faults.killed_nights import import_everything

if __name__ == "__main__":
    import_everything()
    serve()
