"""Rules over what is asked and what is said: before every request, and after every clause."""
