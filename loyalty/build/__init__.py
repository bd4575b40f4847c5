"""dbt's part of a run: the models, all of them built or what has changed of them."""
