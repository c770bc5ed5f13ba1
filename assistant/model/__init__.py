"""Language models: llama.cpp in this process or behind a server, and a sentence encoder."""
