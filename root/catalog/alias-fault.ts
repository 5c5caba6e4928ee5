import type { CreateFault } from '../../shared/catalog/create-under.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';

/** Why aliases are not changed, or an index is not created with its aliases, as callers are told. Pure. */
export function aliasFaultError(fault: CreateFault): SheafError {
  switch (fault.kind) {
    case 'noIndex':
      return new SheafError('INDEX_NOT_FOUND', { detail: { index: fault.index } });
    case 'nameTaken':
      return new SheafError('NAME_TAKEN', { detail: { index: fault.name } });
    case 'notInAlias':
    case 'rolledAlready':
      return new SheafError('ALIAS_NOT_FOUND', { detail: { alias: fault.alias } });
    case 'twoWriteIndexes':
      return new SheafError('ALIAS_TWO_WRITE_INDEXES', { detail: { alias: fault.alias, indexes: fault.indexes } });
    case 'tooManyIndexes': {
      const { alias, actual } = fault;
      return new SheafError('ALIASES_TOO_MANY', { detail: { alias, limit: limits.aliasIndexesMax, actual } });
    }
    case 'tooManyAliases':
      return new SheafError('ALIASES_TOO_MANY', { detail: { limit: limits.aliasesMax, actual: fault.actual } });
  }
}
