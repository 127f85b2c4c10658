"""Pictures as bytes and pixels: decoded, shown, measured, compared."""
