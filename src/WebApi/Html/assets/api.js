// Shows the API's definition.
"use strict";

SwaggerUIBundle({
  url: document.getElementById("api").dataset.definition,
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "list",
  validatorUrl: null,
  requestInterceptor: request => {
    const token = document.querySelector("meta[name=request-verification-token]");
    if (token) request.headers.RequestVerificationToken = token.content;
    return request;
  },
});
