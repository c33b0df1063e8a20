// Package seed fills a service with accounts and items to play with, through its HTTP API and nothing else.
//
// What it makes is a list of steps. Each leaves alone what is there already and says so, so that seeding twice does not
// fail and changes nothing.
package seed
