package org.nestwalk.lab.labs.transactions;

/// A row of one of the tables of [TransactionsResult].
interface CaseRow {}
