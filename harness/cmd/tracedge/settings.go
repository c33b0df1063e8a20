package main

// Names of the settings that init-secrets makes.
const (
	jwtSecret         = "JWT_SECRET"
	secretsKey        = "SECRETS_KEY"
	bootstrapName     = "BOOTSTRAP_ADMIN_USERNAME"
	bootstrapPassword = "BOOTSTRAP_ADMIN_PASSWORD"
	bootstrapEmail    = "BOOTSTRAP_ADMIN_EMAIL"
)

// settings are the optional settings of the worker, which the process
// environment may set although wrangler.toml does not mention them.
var settings = []string{
	jwtSecret, secretsKey, "BCRYPT_COST", "CREDITS_MODE", "LIMITS_MODE",
	"PASSWORD_RESET_RATE_LIMIT_PER_HOUR", "LOGIN_FAILURE_LIMIT", "ADDRESS_FAILURE_LIMIT", "REGISTER_RATE_LIMIT_PER_HOUR",
	bootstrapName, bootstrapPassword, bootstrapEmail,
	"FRONTEND_URL", "FROM_EMAIL", "FROM_NAME", "MAILERSEND_API_KEY", "SENDGRID_API_KEY", "MAIL_ENDPOINT",
	"IPFS_ENDPOINT", "PINATA_API_KEY", "PINATA_SECRET_KEY",
	"STELLAR_TESTNET_IPCM_CONTRACT", "STELLAR_MAINNET_IPCM_CONTRACT",
	"STELLAR_TESTNET_NFT_CONTRACT", "STELLAR_MAINNET_NFT_CONTRACT",
	"STELLAR_MAINNET_SECRET_KEY", "STELLAR_TESTNET_SECRET",
	"TRUSTED_PROXIES", "IDENTIFIER_STRICTNESS", "DFID_FIRST_SEQUENCE",
	"MAX_INSTANCES", "MAX_QUEUE", "QUEUE_TIMEOUT_MS", "LOGIN_CONCURRENCY",
}
