package audit

// Exception is something that a rule lets pass, with the reason. All of them stand in this file.
type Exception struct {
	Rule    string `json:"rule"`
	Subject string `json:"subject"`
	Reason  string `json:"reason"`
}

// area lets the labels of a package begin with an area other than the package's name.
type area struct{ pkg, area, reason string }

func areas() []area {
	return []area{
		{"accounts", "credits", "what all accounts were given and have used is counted beside them"},
		{"actions", "admin", "the package keeps the actions of admins; the contract names its operations after them"},
		{"adapters", "storage", "what becomes of an upload is a change of the item's storage history"},
		{"storagehistory", "outbox", "the contract names the counts of uploads after the outbox that carries them"},
		{"storagehistory", "storage", "the package is named for the history, its operations for the storage"},
		{"adapters", "accounts", "the chosen adapter is a field of the account"},
		{"auth", "accounts", "the account is what the operation changes, though only authentication does it"},
		{"auth", "limits", "a failed login is counted in the commit of the name that it belongs to"},
		{"auth", "outbox", "the contract names the entry that carries a mail after the outbox"},
		{"auth", "resets", "reset tokens are records of their own, kept by nobody else"},
		{"circuititems", "circuits", "what moves items changes circuits; the contract names its operations after them"},
		{"circuititems", "items", "the push of a local item decides in the item that it makes or adds to"},
		{"circuititems", "fingerprints", "fingerprints lead pushes to items and are kept by nobody else"},
		{"credits", "circuits", "the contract names the charges of circuits after these"},
		{"events", "eventrefs", "the contract names the operations on references to events apart"},
		{"events", "localevents", "the contract names the operations on local events apart"},
		{"listing", "items", "the lists are those of items; the contract names its operations after them"},
		{"listing", "locals", "the groups are those of local items; the contract names its operations after them"},
		{"dfid", "sequence", "the counter is the sequence; the package is named for what it makes"},
		{"items", "identifiers", "the index leads to items and is kept by nobody else"},
		{"items", "pending", "a pending item is a request for an item"},
		{"items", "shares", "what is shared are items"},
		{"keys", "limits", "the quota of an account is counted beside that of its keys"},
		{"notices", "notify", "the contract names the operation after the deed, not the thing"},
		{"placement", "storage", "its routes are those of storage history; the contract names its operations after the storage"},
		{"storage", "claims", "the machinery of claims"},
		{"storage", "outbox", "the machinery of rows"},
		{"tally", "errors", "the counts are those of errors, as GET /api/admin/errors shows them"},
		{"userrows", "users", "the contract names the operation after the account whose rows they are"},
	}
}

// repeated are labels that may stand at several calls.
func repeated() map[string]string {
	return map[string]string{
		"accounts_find_user_by_name": "one operation of the contract: for a login, which needs more of the name, and for every other look-up",
	}
}

// unwritten are functions of package storage that pass on a label which is neither written there nor given to them.
func unwritten() map[string]string {
	return map[string]string{
		"(*storage.Store).carry": "the label is the kind of a stored row: what Handle was given, and Send refuses any other",
	}
}

// notYet are kinds of the contract that no request can meet yet, by constant.
func notYet() map[string]string {
	return map[string]string{}
}

// writers are the functions that may write a response or make one of a failure.
func writers() map[string]string {
	return map[string]string{
		"(web.response).message": "the one place where a response goes out",
		"(*web.Call).failure":    "the one place where a failure becomes a response",
		"overhttp.Handler":       "it carries finished responses over net/http, and is not in the module",
		"(*web.Server).traced":   "what the record says if the handler panics; it is never sent",
	}
}

// exceptions are all of the above.
func exceptions() (out []Exception) {
	for _, a := range areas() {
		out = append(out, Exception{"label", "area " + a.area + " in package " + a.pkg, a.reason})
	}
	for _, t := range []struct {
		rule    string
		reasons map[string]string
	}{{"label", repeated()}, {"label", unwritten()}, {"kind", notYet()}, {"response", writers()}} {
		for subject, reason := range t.reasons {
			out = append(out, Exception{t.rule, subject, reason})
		}
	}
	return out
}
