"""What is shown of the API's answers? One struct for each, with those fields alone; /admin/openapi.json has all."""
