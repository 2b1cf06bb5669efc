import { useInstead } from './use-instead.ts';

useInstead(['server']);
