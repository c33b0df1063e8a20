// fetch for subrequests.
(function (host) {
  "use strict";

  async function fetch(input, init) {
    const request = new Request(input, init);
    const { signal } = request;
    signal.throwIfAborted();
    const body = host.takeBody(request);
    const bytes = body instanceof ReadableStream ? await host.readAll(body) : body;
    signal.throwIfAborted();
    const { promise, handle } = host.fetch(request.method, request.url, request.headers, bytes, request.redirect);
    const aborted = new Promise((_, reject) => signal.addEventListener("abort", () => {
      host.fetchAbort(handle);
      reject(signal.reason);
    }));
    const [status, statusText, headers, url, redirected, source] = await Promise.race([promise, aborted]);
    return host.fetched(status, statusText, headers, url, redirected, source === null ? null : host.sourceStream(source));
  }

  host.define({ fetch });
})
