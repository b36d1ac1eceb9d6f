const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL|FLOAT|DOUBLE)\b(?!.*\[\])/

/** Whether people compare the column's values digit by digit. `type` is DuckDB's name. */
export const isRightAligned = (type: string) => NUMBER.test(type)
