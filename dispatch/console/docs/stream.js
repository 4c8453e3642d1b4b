/* The frames and events of this gateway, to be read. */
window.AsyncApiStandalone.render(
  {
    schema: { url: new URL('../asyncapi.json', document.baseURI).href, options: { mode: 'cors' } },
    config: { show: { errors: true, sidebar: true } },
  },
  document.getElementById('document'),
)
