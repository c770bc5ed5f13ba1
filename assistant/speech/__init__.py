"""The models that hear, think and speak: Whisper, llama.cpp, Piper."""
