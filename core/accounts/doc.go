// Package accounts holds user accounts: who exists, under which names, in which state.
//
// An account lives in the partition user/<id> as several records, so that what changes often does not touch what is
// read everywhere:
//
//	account     the account itself; replicated to KV for the status check of every request
//	credential  its password hash; never replicated
//	balance     its credits
//	login       when it last logged in
//
// Its names live in partitions of their own, username/<hash> and email/<hash>, as claims (storage.Claim). The name's
// partition also keeps a copy of the credential, so that a login needs one call before the comparison; the account's own
// record decides.
package accounts
