"""What is made of the declarations: one family of artifacts a module, `render(analysis)` gives paths below build/ and texts."""
