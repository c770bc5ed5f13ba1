"""How well the program hears: commands in noise, single words, noise alone, questions, long speech.

`words` counts word errors, `recordings` cuts the labelled recordings, `mixing` adds noise at a
ratio, `table` and `speaking` have commands spoken, `ear` hears them; `commands`, `singles`,
`questions`, `long_speech` and `cost` each measure one thing, and `parts` runs them. Import from the
modules; nothing is handed on here.
"""
