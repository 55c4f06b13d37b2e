"""How does the API speak? Routes that are declared once, checked questions, problems, pages, the OpenAPI document."""
