package openapi

// The parts of a document that do not come from routes.
const (
	preamble = "Supply-chain traceability: accounts, items and circuits.\n\n" +
		"Every GET path answers HEAD too, every path OPTIONS with Allow; another method is a 405, an unknown path a 404. " +
		"Clients ignore members and enum values that they do not know. " +
		"A 503 of a GET, or of a POST with Idempotency-Key, may be repeated."

	parameters = `{"IdempotencyKey":{"name":"Idempotency-Key","in":"header","schema":{"type":"string","pattern":"^[!-~]{1,255}$"},` +
		`"description":"A repeat of the same request with the same key, within 24 h, gets the first answer and does nothing"},` +
		`"Traceparent":{"name":"traceparent","in":"header","schema":{"type":"string"},` +
		`"description":"W3C trace context; without a valid one the trace id is random"}}`

	headers = `{"TraceId":{"description":"Trace id of the request","schema":{"type":"string","pattern":"^[0-9a-f]{32}$"}},` +
		`"Traceparent":{"description":"The same trace id with the server's span","schema":{"type":"string"}},` +
		`"ServerTiming":{"description":"Milliseconds in all, and of storage with the number of its calls","schema":{"type":"string"}},` +
		`"RetryAfter":{"description":"Seconds","schema":{"type":"integer","minimum":1}},` +
		`"Link":{"description":"The next page, when there is one: <path?query>; rel=\"next\"","schema":{"type":"string"}},` +
		`"IdempotencyReplayed":{"description":"Present when the answer is the stored one","schema":{"type":"string","enum":["true"]}},` +
		`"WWWAuthenticate":{"description":"Bearer","schema":{"type":"string"}},` +
		`"Allow":{"description":"The methods of the path","schema":{"type":"string"}}}`

	credentials = `{"bearer":{"type":"http","scheme":"bearer","bearerFormat":"JWT","description":"The token of a login; an API key may stand here too"},` +
		`"apiKey":{"type":"apiKey","in":"header","name":"X-API-Key","description":"An API key: dfm_ and 32 characters; it acts as its owner"}}`
)
