//go:build js && wasm

package bridge

import (
	"encoding/json"
	"syscall/js"
)

// surroundings is the context of this instance. It is only there while the module starts, so it is taken at once.
var surroundings = js.Global().Get("context")

// Vars are the deployment's variables and secrets: every binding that is a text.
func Vars() map[string]string {
	vars := make(map[string]string)
	// The worker made the text from an object of strings, so it cannot fail to be one.
	_ = json.Unmarshal([]byte(surroundings.Get("config").String()), &vars)
	return vars
}

// host is the part of the context that answers this package.
func host() js.Value { return surroundings.Get("host") }
