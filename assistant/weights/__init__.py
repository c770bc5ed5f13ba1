"""The model catalogue: where weights come from and whether they are whole."""
