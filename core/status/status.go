// Package status names the HTTP statuses that the product answers with (RFC 9110, section 15).
package status

// The statuses.
const (
	OK                    = 200
	Accepted              = 202
	NoContent             = 204
	MultipleChoices       = 300
	BadRequest            = 400
	Unauthorized          = 401
	PaymentRequired       = 402
	Forbidden             = 403
	NotFound              = 404
	MethodNotAllowed      = 405
	Conflict              = 409
	RequestEntityTooLarge = 413
	UnsupportedMediaType  = 415
	UnprocessableEntity   = 422
	TooManyRequests       = 429
	InternalServerError   = 500
	NotImplemented        = 501
	BadGateway            = 502
	ServiceUnavailable    = 503
)
