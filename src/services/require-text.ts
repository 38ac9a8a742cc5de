import { badUserInput } from '../domain/errors.js';

/**
 * Checks that a text which somebody wrote says something and can be stored.
 * @throws CortigraphError BAD_USER_INPUT
 */
export function requireText(name: string, text: string, maxLength: number): void {
  if (text.trim() === '') throw badUserInput(`${name} is empty.`, { field: name });
  if (text.length > maxLength) {
    throw badUserInput(`${name} has ${text.length} characters; ${maxLength} are the most.`, {
      field: name,
      allowed: { maxLength },
    });
  }
  requireWellFormed(name, text);
}

/** @throws CortigraphError BAD_USER_INPUT for half a character, which no store keeps */
export function requireWellFormed(name: string, text: string): void {
  if (/\p{Surrogate}/u.test(text)) {
    throw badUserInput(`${name} holds half a character (a lone surrogate).`, { field: name });
  }
}
