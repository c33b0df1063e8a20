// Package bench measures the same requests in several runtimes on one machine in one run.
//
// The runtimes are the product as an ordinary Go program (native), the module in the pure Go host (wazero), in workerd as it
// is deployed (workerd), in workerd with an instance of the module for every request (fresh), under wrangler dev with its
// proxy (wrangler), and a worker in plain JavaScript that does the same work with KV (plain), the floor of the platform.
//
// Absolute times are the machine's; what is reported and bounded are ratios. Rounds of the runtimes alternate in an order
// drawn anew for each round, so that what drifts hits all of them alike, and a ratio is taken within each round. Its
// interval is that of benchstat: of the median, without an assumption about the distribution.
package bench
