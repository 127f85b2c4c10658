// Starts Swagger UI on our own document; a file of its own, so that no page needs inline scripts.
window.ui = window.SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
});
