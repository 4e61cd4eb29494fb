"""Which versions a project trains, and which of them maps its craters."""
