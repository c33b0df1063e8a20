// Package canon keeps free-form JSON as it was meant, and writes it in one form only.
//
// The form is compact JSON with the names of every object in byte order. Text is raw UTF-8 with as few escapes as JSON
// allows; integers of 64 bits stay integers; every other number is a float with the shortest digits that read back
// equal, and shows that it is one: 1 and 1.0 stay what they were. Of two equal names the last one counts. So two values
// are equal exactly when their texts are, and the hash of a text is the hash of the value.
//
// What is free-form in a request is a field of type Object; it reads in web.Body, in stored records and in responses.
package canon
