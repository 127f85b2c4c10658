"""Child processes of ours: asked over a wire, limited in time and memory, replaced."""
