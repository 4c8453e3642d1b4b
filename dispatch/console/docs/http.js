/* The calls of this gateway, to be read: trying them out needs a signature or a session. */
window.SwaggerUIBundle({
  url: '../openapi.json',
  dom_id: '#document',
  deepLinking: true,
  docExpansion: 'list',
  filter: true,
  supportedSubmitMethods: [],
  validatorUrl: null,
})
