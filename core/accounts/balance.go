package accounts

import (
	"time"

	"tracedge/core/storage"
)

// Balance is the record user/<id>/balance. It changes only together with a transaction.
type Balance struct {
	Credits   int64     `json:"credits"` // 0 to 2^53-1
	UpdatedAt time.Time `json:"updated_at"`

	Issued    int64 `json:"issued"`    // ever, by purchase, grant and subscription
	Consumed  int64 `json:"consumed"`  // ever, by consumption
	Reporting bool  `json:"reporting"` // a row is on its way that will report these two
}

// Transaction is one change of the balance.
type Transaction struct {
	ID            string    `json:"transaction_id"`
	UserID        string    `json:"user_id"`
	Amount        int64     `json:"amount"`
	Type          string    `json:"transaction_type"`
	Description   string    `json:"description"`
	OperationType *string   `json:"operation_type"`
	OperationID   *string   `json:"operation_id"`
	Time          time.Time `json:"timestamp"`
	BalanceAfter  int64     `json:"balance_after"`
}

func balanceKey(p storage.Partition) storage.Key { return p.Key("balance") }

// GetBalance reads the balance of the account whose partition tx changes.
func GetBalance(tx *storage.Tx, p storage.Partition) (b Balance, err error) {
	_, err = tx.Get(balanceKey(p), &b)
	return b, err
}

// PutBalance writes a balance. A transaction goes with it.
func PutBalance(tx *storage.Tx, p storage.Partition, b Balance) error {
	return tx.Put(balanceKey(p), b)
}

// TransactionPrefix lists an account's transactions in order of time.
func TransactionPrefix(p storage.Partition) storage.Key { return p.Prefix("transaction") }

// PutTransaction keeps a transaction.
func PutTransaction(tx *storage.Tx, p storage.Partition, t Transaction) error {
	return tx.Put(TransactionPrefix(p)+storage.Key(storage.TimeID(t.Time, t.ID)), t)
}

// BalanceKeys are the records that a change of the balance reads.
func BalanceKeys(p storage.Partition) []storage.Key { return []storage.Key{Key(p), balanceKey(p)} }
