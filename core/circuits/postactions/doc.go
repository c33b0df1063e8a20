// Package postactions holds what a circuit does after something has happened in it: it tells webhooks. Its records are
//
//	postactions              whether and of what webhooks are told, and which webhooks there are, without their secrets
//	webhook/<id>             a webhook: its address, and its secrets encrypted under SECRETS_KEY
//	delivery/<time>-<id>     what one webhook is told of one occurrence, and how that went; kept for 30 days
//	trial/<webhook>/<time>-<id>  an open delivery that somebody asked for to test a webhook
//
// all of the partition circuit/<id>. What happens in a circuit writes its deliveries in the commit that makes it happen,
// see Deliver: so none is lost and none is made for what did not happen. For that it reads one small record that holds no
// secret. A webhook that is deleted takes its open deliveries along without touching them: they read as failed as soon as
// postactions does not name it any more, see Settings.Shown.
package postactions
