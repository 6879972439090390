"""The graphical face of the add-on, on GTK 3."""
