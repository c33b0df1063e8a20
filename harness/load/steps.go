package load

// The steps of the critical path.
const (
	StepHealth   = "health"
	StepRegister = "register"
	StepLogin    = "login"
	StepVerify   = "verify"
)

// User is an account that the client makes or has made.
type User struct {
	Name, Email, Password string
	ID, Token             string // as the service gave them, "" before
}

// NewUser draws an account that nobody has, with a password that the rules take.
func NewUser() User {
	name := "load-" + randomHex(8)
	return User{Name: name, Email: name + "@load.example", Password: "Load test 1 " + randomHex(4)}
}

// signedIn is u with what the body of a token reply says.
func (u User) signedIn(body map[string]any) User {
	u.ID, _ = body["user_id"].(string)
	u.Token, _ = body["token"].(string)
	return u
}

func health() Request {
	return Request{Step: StepHealth, Method: "GET", Path: "/health", check: func(body map[string]any) string {
		if body["status"] != "healthy" {
			return "status is not healthy"
		}
		return ""
	}}
}

func (u User) register() Request {
	return Request{
		Step: StepRegister, Method: "POST", Path: "/api/auth/register",
		Body:  map[string]string{"username": u.Name, "email": u.Email, "password": u.Password},
		check: u.checkTokenReply,
	}
}

func (u User) login() Request {
	return Request{
		Step: StepLogin, Method: "POST", Path: "/api/auth/login",
		Body:  map[string]string{"username": u.Name, "password": u.Password},
		check: u.checkTokenReply,
	}
}

func (u User) verify() Request {
	return Request{Step: StepVerify, Method: "GET", Path: "/api/auth/verify", Token: u.Token, check: func(body map[string]any) string {
		switch {
		case body["valid"] != true:
			return "valid is not true"
		case body["username"] != u.Name, body["user_id"] != u.ID:
			return "the answer is about another account"
		}
		return ""
	}}
}

// checkTokenReply also finds answers that went to the wrong request: under load that is the worst failure there is.
func (u User) checkTokenReply(body map[string]any) string {
	got := User{}.signedIn(body)
	switch {
	case got.Token == "":
		return "no token"
	case got.ID == "":
		return "no user_id"
	case u.ID != "" && got.ID != u.ID:
		return "the answer is about another account"
	}
	return ""
}
