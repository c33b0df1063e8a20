//go:build js && wasm

package bridge

import "encoding/json"

// Vars are the deployment's variables and secrets: every binding that is a text. To be called once, before anything else:
// they are what JavaScript has for a program that starts.
func Vars() map[string]string {
	vars := make(map[string]string)
	// The worker made the text from an object of strings, so it cannot fail to be one.
	_ = json.Unmarshal([]byte(take()), &vars)
	return vars
}
