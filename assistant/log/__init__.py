"""The log: what was said and done, for people and audits; a chain of hashes shows every change."""
