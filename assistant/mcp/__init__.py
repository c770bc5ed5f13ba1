"""The Model Context Protocol: tools of other programs, and this program as such a server.

Names no module of the package `mcp` when it is read: that loads only where a server is configured,
or where this program is one.
"""
