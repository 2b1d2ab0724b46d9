// Shows the API's definition.
"use strict";

SwaggerUIBundle({
  url: document.getElementById("api").dataset.definition,
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "list",
  validatorUrl: null,
});
