package admin

import (
	"tracedge/core/credits"
	"tracedge/core/web"
)

type historyQuery struct {
	web.Page `lenient:"true"`
}

type historyReply struct {
	Success      bool          `json:"success"`
	UserID       string        `json:"user_id"`
	Transactions []transaction `json:"transactions"`
	Count        int           `json:"count"`
	NextCursor   *string       `json:"next_cursor"`
}

type transaction struct {
	ID            string    `json:"transaction_id"`
	UserID        string    `json:"user_id"`
	Amount        int64     `json:"amount"`
	Type          string    `json:"transaction_type"`
	Description   string    `json:"description"`
	OperationType *string   `json:"operation_type"`
	OperationID   *string   `json:"operation_id"`
	Time          web.TimeZ `json:"timestamp"`
	BalanceAfter  int64     `json:"balance_after"`
}

func (s *Service) history(c *web.Call) (any, error) {
	a, err := s.user(c)
	if err != nil {
		return nil, err
	}
	list, next, err := credits.ListPage(c, s.store, a.UserID, web.Query[historyQuery](c).Page)
	if err != nil {
		return nil, err
	}
	reply := historyReply{
		Success: true, UserID: a.UserID, Transactions: make([]transaction, len(list)), Count: len(list), NextCursor: next,
	}
	for i, t := range list {
		reply.Transactions[i] = transaction{
			t.ID, t.UserID, t.Amount, t.Type, t.Description, t.OperationType, t.OperationID, web.TimeZ(t.Time), t.BalanceAfter,
		}
	}
	return reply, nil
}
