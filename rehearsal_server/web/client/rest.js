// The REST API, with errors as problem details (RFC 9457).

/** A refused request: `status`, `code` (as in /docs#problems) and a sentence to show. */
export class RestProblem extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `The server answered ${status}.`);
    this.status = status;
    this.code = problem.type?.split("/").pop() ?? "";
    this.fields = problem.errors ?? [];
  }
}

export class RestClient {
  /**
   * @param {{baseUrl?: string, getToken?: () => Promise<string | null>}} options
   *   `getToken` gives a valid access token, or null where there is no login.
   */
  constructor({ baseUrl = "", getToken = async () => null } = {}) {
    this._baseUrl = baseUrl;
    this._getToken = getToken;
  }

  get(path) {
    return this.request("GET", path);
  }

  post(path, body, headers) {
    return this.request("POST", path, body, headers);
  }

  put(path, body, headers) {
    return this.request("PUT", path, body, headers);
  }

  patch(path, body, headers) {
    return this.request("PATCH", path, body, headers);
  }

  delete(path, body, headers) {
    return this.request("DELETE", path, body, headers);
  }

  /** A one-time ticket for a socket. @returns {Promise<string>} */
  async ticket() {
    return (await this.post("/v1/live/tickets")).ticket;
  }

  /** Every item of a paged list. */
  async *list(path) {
    let cursor = null;
    do {
      const more = cursor ? `${path.includes("?") ? "&" : "?"}cursor=${cursor}` : "";
      const page = await this.get(path + more);
      yield* page.items;
      cursor = page.next_cursor;
    } while (cursor);
  }

  /** What an operation hands over as a file, with its name. @returns {Promise<File>} */
  async download(path) {
    const answer = await this._send("GET", path);
    const name = answer.headers.get("content-disposition")?.match(/filename="([^"]*)"/)?.[1];
    return new File([await answer.blob()], name ?? "download");
  }

  /**
   * @param {string} method @param {string} path
   * @param {object | Blob} [body] a Blob is sent as it is
   * @returns {Promise<any>} the answer's JSON, null where there is none
   * @throws {RestProblem}
   */
  async request(method, path, body, headers) {
    const answer = await this._send(method, path, body, headers);
    return parse(answer, await answer.text());
  }

  async _send(method, path, body, headers = {}) {
    const token = await this._getToken();
    const isJson = body !== undefined && !(body instanceof Blob);
    const answer = await fetch(this._baseUrl + path, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(isJson ? { "content-type": "application/json" } : {}),
        ...headers,
      },
      body: isJson ? JSON.stringify(body) : body,
    });
    if (answer.ok) return answer;
    throw new RestProblem(answer.status, parse(answer, await answer.text()) ?? {});
  }
}

function parse(answer, text) {
  const isData = answer.headers.get("content-type")?.includes("json");
  return text && isData ? JSON.parse(text) : null;
}
