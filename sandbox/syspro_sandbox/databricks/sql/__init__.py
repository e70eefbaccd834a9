"""SQL as text: tokens, names, and grammars the engine has not. Nothing here runs a statement."""
