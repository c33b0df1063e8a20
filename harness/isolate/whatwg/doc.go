// Package whatwg holds the parts of the web platform that are about text and not
// about objects: URLs, form encoding, header lists and base64, as the standards
// at whatwg.org define them. Nothing here knows JavaScript.
package whatwg
