// Package identifier holds what names a thing in the world outside: an ear tag, a tax number, a lot.
//
// It is pure: how identifiers look on the wire, in records and embedded in whole items; what is checked at which level;
// when two of them are the same one. What an identifier points to is the business of the packages that keep items.
package identifier
