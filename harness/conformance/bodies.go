package conformance

import "strings"

// form is a route that takes a body, with a body that passes every check of C2 step 10 and what it is answered with.
type form struct {
	route    route
	members  []member
	answered Check // to the whole body
}

// member is a field of a body: a JSON text per name.
type member struct {
	name, value string
	required    bool
}

// forms are the routes that take a body. Their bodies name accounts and tokens that do not exist, but for register,
// where they make one.
func forms() []form {
	login, _ := routeOf("/api/auth/login")
	register, _ := routeOf("/api/auth/register")
	forgot, _ := routeOf("/api/auth/forgot-password")
	reset, _ := routeOf("/api/auth/reset-password")
	unknownToken := `"` + strings.Repeat("0123456789abcdef", 4) + `"`
	return []form{
		{login, []member{{"username", `"$name"`, true}, {"password", `"$password"`, true}}, unauthorized},
		{register, []member{
			{"username", `"$name"`, true}, {"password", `"$password"`, true}, {"email", `"$email"`, true},
			{"workspace_name", `"A workspace"`, false},
		}, ok},
		{forgot, []member{{"email", `"$email"`, false}, {"username", `"$name"`, false}}, ok},
		{reset, []member{{"token", unknownToken, true}, {"new_password", `"$password"`, true}}, badRequest},
	}
}

// body is the whole body with the value of one member replaced; "" leaves the member out. extra goes before the closing
// brace.
func (f form) body(name, value, extra string) string {
	var parts []string
	for _, m := range f.members {
		if m.name == name {
			m.value = value
		}
		if m.value != "" {
			parts = append(parts, `"`+m.name+`":`+m.value)
		}
	}
	return "{" + strings.Join(parts, ",") + extra + "}"
}

// whole is the whole body.
func (f form) whole() string { return f.body("", "", "") }

// send is the request with that body.
func (f form) send(body string) Request { return post(f.route.path, body) }

// perForm makes cases for every form.
func perForm(area string, cases func(form) []Case) []Case {
	var made []Case
	for _, f := range forms() {
		made = append(made, under(area+"/"+f.route.label(), cases(f)...)...)
	}
	return made
}
