package adapters

import (
	"encoding/json"
	"slices"

	"tracedge/core/fault"
)

// AuthType is how a request to an adapter is authorised: a word, or {"Custom": text} with a scheme of its own.
type AuthType struct {
	Name   string
	Scheme string // of Custom
}

// The words.
const (
	authNone   = "None"
	authKey    = "ApiKey"
	authBearer = "Bearer"
	authBasic  = "BasicAuth"
	authOAuth2 = "OAuth2"
	authCustom = "Custom"
)

// MarshalJSON writes the form of the contract.
func (a AuthType) MarshalJSON() ([]byte, error) {
	if a.Name == authCustom {
		return json.Marshal(map[string]string{authCustom: a.Scheme})
	}
	return json.Marshal(a.Name)
}

// UnmarshalJSON reads it. Errors: 422 with what is allowed.
func (a *AuthType) UnmarshalJSON(doc []byte) error {
	words := []string{authNone, authKey, authBearer, authBasic, authOAuth2}
	name, text, err := variant(doc, words, []string{authCustom})
	*a = AuthType{name, text}
	return err
}

// variant reads an enum some of whose values carry a text: "Word", or {"Carrier": "text"}.
func variant(doc []byte, words, carriers []string) (name, text string, err error) {
	unknown := fault.Invalid("", "Unknown value").With("allowed", slices.Concat(words, carriers))
	var word string
	if json.Unmarshal(doc, &word) == nil {
		if slices.Contains(words, word) {
			return word, "", nil
		}
		return "", "", unknown.With("provided", word)
	}
	var object map[string]*string
	if json.Unmarshal(doc, &object) == nil && len(object) == 1 {
		for name, text := range object {
			if slices.Contains(carriers, name) && text != nil {
				return name, *text, nil
			}
		}
	}
	return "", "", unknown
}

// headers are what the type makes of the secrets, in the clear, of a connection.
func (a AuthType) headers(apiKey, secretKey string) [][2]string {
	switch a.Name {
	case authKey:
		out := [][2]string{{"X-API-Key", apiKey}}
		if secretKey != "" {
			out = append(out, [2]string{"X-API-Secret", secretKey})
		}
		return out
	case authBearer, authOAuth2:
		if apiKey != "" {
			return [][2]string{{"Authorization", "Bearer " + apiKey}}
		}
	case authBasic:
		return [][2]string{{"Authorization", "Basic " + base64Text(apiKey+":"+secretKey)}}
	case authCustom:
		if apiKey != "" {
			return [][2]string{{"Authorization", a.Scheme + " " + apiKey}}
		}
	}
	return nil
}
