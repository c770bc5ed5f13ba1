"""The core: the only package that starts threads."""
