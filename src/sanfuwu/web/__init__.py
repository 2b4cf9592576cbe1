"""The face: frame, components, pages. Reads `queries`, calls `acts`; changes nothing by itself."""
