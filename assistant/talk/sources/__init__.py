"""What the assistant may look into: the user's documents, databases and web interfaces.

Each is configured by the user and off without that. They give flows (by the user's phrases) and
tools (for the language model and other programs) that share one function. This package stands in
the text layer because its flows do. Three things here are not words: the index of documents, which
a thread of its own keeps up to date (`watching`), SQLite files that are read (`database`), and the
one module that speaks to other machines (`http_call`). The modules import each other downwards:
loading → documents, database, api → what they are made of.
"""
