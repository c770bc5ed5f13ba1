"""Puts the program together: the only package that knows which class stands behind which seam.

`places` are the program's own folders, `roles` the weights of each role, `loading` makes one part
after the other, `setup` what can be made beforehand, `session` all that a conversation needs. Every
function imports what it needs and nothing more, so that `assistant ask` never touches a sound
library and `assistant say` never loads Whisper. Import from the modules; nothing is handed on here.
"""
